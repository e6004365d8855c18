import { describe, expect, test } from 'vitest';
import { EVENT_KINDS, eventRead } from './events.ts';
import { virDomainEventID } from './gen/enums.ts';
import { qemu } from './gen/qemu.ts';
import { remote } from './gen/remote.ts';
import type { EventMessage } from './procedure.ts';
import { encode } from './xdr.ts';

const dom = { name: 'd', uuid: Buffer.from('0190b2b07c0070008000000000000001', 'hex'), id: 3 };
const domain = { name: 'd', uuid: '0190b2b0-7c00-7000-8000-000000000001', id: 3 };

const read = <M>(message: EventMessage<M>, value: M) =>
  eventRead({
    program: message.program,
    version: 1,
    procedure: message.number,
    type: 2,
    serial: 0,
    status: 0,
    payload: encode(message.msg, value),
  });

describe('events', () => {
  test('[VM-26] of the wrapped shape', () => {
    const event = read(remote.domainEventCallbackLifecycle, { callbackID: 33, msg: { dom, event: 5, detail: 1 } });
    expect(event).toEqual({ type: 'lifecycle', domain, event: 'stopped', detail: 1, detailName: 'destroyed' });
  });

  test('[VM-26] of the wrapped shape with a reason between', () => {
    expect(read(remote.domainEventCallbackPmsuspend, { callbackID: 1, reason: 9, msg: { dom } })).toEqual({
      type: 'pmsuspend',
      domain,
    });
  });

  test('[VM-26] of the flat shape', () => {
    const event = read(remote.domainEventCallbackAgentLifecycle, { callbackID: 1, dom, state: 1, reason: 2 });
    expect(event).toEqual({ type: 'agent-lifecycle', domain, state: 'connected', reason: 2 });
    const job = read(remote.domainEventBlockJob2, { callbackID: 1, dom, dst: 'vda', type: 2, status: 3 });
    expect(job).toEqual({ type: 'block-job', domain, target: 'vda', jobType: 2, status: 'ready' });
  });

  test('[VM-26] of QEMU itself', () => {
    const message = { callbackID: 1, dom, event: 'STOP', seconds: 5n, micros: 500_000, details: '{"a":1}' };
    expect(read(qemu.domainMonitorEvent, message)).toEqual({
      type: 'monitor',
      domain,
      event: 'STOP',
      seconds: 5.5,
      details: { a: 1 },
    });
  });

  test('[VM-26] that are not ours are left alone, broken ones are an error', () => {
    const frame = { program: 0x20008086, version: 1, type: 2, serial: 0, status: 0 };
    expect(eventRead({ ...frame, procedure: 107, payload: Buffer.alloc(4) })).toBeNull();
    expect(() => eventRead({ ...frame, procedure: 318, payload: Buffer.alloc(4) })).toThrow(
      expect.objectContaining({ name: 'XdrError' }),
    );
  });

  test('[VM-26] are registered for by every number libvirt has, but for two that another says better', () => {
    const known = EVENT_KINDS.flatMap(({ id }) => (id === null ? [] : [id]));
    const left = Object.entries(virDomainEventID).filter(([, id]) => !known.includes(id as never));
    expect(left.map(([name]) => name)).toEqual(['VIR_DOMAIN_EVENT_ID_IO_ERROR', 'VIR_DOMAIN_EVENT_ID_BLOCK_JOB']);
    expect(new Set(known).size).toBe(known.length);
  });
});
