import { TRPCClientError } from '@trpc/client';
import { BasaltError } from '@basalt/contract';
import { expect, test } from 'vitest';
import { refusalAt } from './refusal.ts';

const answer = (error: BasaltError) =>
  new TRPCClientError('refused', {
    result: { error: { code: -32_000, message: 'refused', data: { basalt: error.shape('en-US', 'req-1') } } },
  });

test('[BRD-01] a refusal stands at the field that the platform names', () => {
  const error = answer(new BasaltError('nameTaken', { name: 'Ops' }, { field: 'name' }));
  expect(refusalAt(error, 'zh-CN', '-')).toEqual({ field: 'name', text: '名称 Ops 已被使用' });
});

test('[IAM-05] a reason without a field stands where the form says it belongs', () => {
  const error = answer(new BasaltError('grantExceeds', { permission: 'host:lock' }));
  expect(refusalAt(error, 'en-US', '-', { grantExceeds: 'bindings' })).toEqual({
    field: 'bindings',
    text: 'You cannot grant the permission host:lock, which you do not have',
  });
});

test('[BRD-01] without an answer nothing is blamed', () => {
  expect(refusalAt(new Error('network'), 'en-US', 'no answer')).toEqual({ field: null, text: 'no answer' });
});
