import { localeCookie } from '../../http/cookies.ts';
import { change } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import type { Parts } from '../../parts.ts';
import { accountChange } from '../../store/account-store.ts';
import { currentSessionOf, signedInOrThrow } from './current-session.ts';

export const sessionSetPreferences = (parts: Parts): OwnDeed<'session', 'setPreferences'> =>
  change(async ({ input, ctx, work }) => {
    const session = signedInOrThrow(ctx);
    const values = {
      ...(input.locale ? { locale: input.locale } : {}),
      ...(input.theme ? { theme: input.theme } : {}),
    };
    if (Object.keys(values).length > 0) await accountChange(work.tx, session.accountId, values);
    work.resource('account', session.accountId, session.name);
    work.detail(values);
    if (input.locale) ctx.cookies.push(localeCookie(parts.secure, input.locale));
    work.after(() => parts.sessions.forget([session.sessionId], false));
    return { ...currentSessionOf(parts, session, ctx), ...values };
  });
