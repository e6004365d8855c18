import { read } from '../http/change.ts';
import type { OwnDeed } from '../http/own-call.ts';
import type { Parts } from '../parts.ts';
import { signedInOrThrow } from './session/current-session.ts';

/** The granted regions with their health as last seen; one that does not answer is listed, not left out. */
export const regionList = (parts: Parts): OwnDeed<'region', 'list'> =>
  read(async ({ ctx }) => {
    const { regions } = signedInOrThrow(ctx);
    const granted = parts.regions.all().filter(({ key }) => regions?.has(key) ?? true);
    return { items: granted.map(parts.health.of) };
  });
