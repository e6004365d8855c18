import { procedures } from '@basalt/contract';

/** The actions that one request may ask of many VMs, as the contract has them. */
export const vmBulkAction = procedures.vm.bulk.input.shape.action;
