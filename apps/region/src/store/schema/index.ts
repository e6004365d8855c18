/** The region's database. Tables never leave the region: routes answer with the contract's shapes. */
export * from './compute.ts';
export * from './storage.ts';
export * from './network.ts';
export * from './vm.ts';
export * from './task.ts';
export * from './event.ts';
