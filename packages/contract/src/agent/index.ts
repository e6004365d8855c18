/**
 * The agent's door. The agent holds no truth: it makes the host what it is told to be (*ensure*), says what is there
 * (*facts*) and what happens (*events*). Every ensure names its operation (executed once; the same id gives the same
 * answer), and every one that concerns a VM carries the VM's epoch: an older one than the host has seen is refused.
 */
export * from './schemas.ts';
export * from './procedures.ts';
