import { differences } from '@basalt/service';
import { change, read } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { settingGet, settingPut } from '../../store/setting-store.ts';
import { destinationsAllowed, destinationsCanonical, destinationsTold } from '../../webhooks/destinations.ts';

export const webhookDestinationsGet = ({ db }: Parts): OwnDeed<'webhook', 'destinations'> =>
  read(async () => destinationsTold(await settingGet(db, 'webhookDestinations')));

/** API-03. Holds from the next message on. */
export const webhookUpdateDestinations = ({ wake }: Parts): OwnDeed<'webhook', 'updateDestinations'> =>
  change(async ({ input: { allowed: given, version }, ctx, work }) => {
    const before = await destinationsAllowed(work.tx);
    const allowed = destinationsCanonical(given);
    const stored = await settingPut(work.tx, {
      key: 'webhookDestinations',
      value: { allowed },
      version,
      by: ctx.session?.name ?? '',
    });
    work.detail(differences({ allowed: before }, { allowed }));
    work.after(() => wake.say('webhooks'));
    return destinationsTold(stored);
  });
