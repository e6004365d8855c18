export * from './types.ts';
export * from './input.ts';
export * from './server.ts';
export * from './client.ts';
export * from './wire.ts';
