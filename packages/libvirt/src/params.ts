/** libvirt's typed parameters, to and from plain objects. */
import { virTypedParameterType } from './gen/enums.ts';
import type { TypedParam, TypedParamValue } from './gen/remote.ts';

const T = virTypedParameterType;

export type ParamValue = string | number | boolean;
export type ParamRecord = Record<string, ParamValue>;

const toValue = ({ type, value }: TypedParamValue): ParamValue => {
  if (type === T.VIR_TYPED_PARAM_BOOLEAN) return value !== 0;
  return typeof value === 'bigint' ? Number(value) : value;
};

/**
 * Parameters by name. 64-bit numbers become `number`: exact up to 2^53, which is 9 PB or 104 days in nanoseconds;
 * beyond that off by parts in 10^16, which no counter of ours minds. A repeated name keeps its last value.
 */
export const paramsToObject = (params: readonly TypedParam[]): ParamRecord => {
  const record: ParamRecord = {};
  for (const { field, value } of params) record[field] = toValue(value);
  return record;
};

export const paramString = (field: string, value: string): TypedParam => ({
  field,
  value: { type: T.VIR_TYPED_PARAM_STRING, value },
});

export const paramUlong = (field: string, value: number | bigint): TypedParam => ({
  field,
  value: { type: T.VIR_TYPED_PARAM_ULLONG, value: BigInt(value) },
});

export const paramInt = (field: string, value: number): TypedParam => ({
  field,
  value: { type: T.VIR_TYPED_PARAM_INT, value },
});

export const paramUint = (field: string, value: number): TypedParam => ({
  field,
  value: { type: T.VIR_TYPED_PARAM_UINT, value },
});
