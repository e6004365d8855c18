import { BasaltError, mailServer, type MailVerdict } from '@basalt/contract';
import { long } from '../../http/change.ts';
import type { OwnDeed } from '../../http/own-call.ts';
import { mailServerCheck, passwordChosen } from '../../mail/settings-check.ts';
import { mailAccess, storedMail, type MailAccess } from '../../mail/settings.ts';
import { MailFailure, mailSend } from '../../mail/smtp-session.ts';
import { failureTold, successTold, testLetter } from '../../mail/verdict.ts';
import type { Parts } from '../../parts.ts';
import { settingGet } from '../../store/setting-store.ts';

/** SET-01. Sends a mail now; that it fails is an answer, not an error. */
export const mailTest = ({ db, seal, work }: Parts): OwnDeed<'mail', 'test'> =>
  long(async ({ input, ctx, report }) => {
    const server = await serverOf(input.settings);
    const { to } = input;
    const about = { host: server.host, port: server.port, sender: server.sender, to };
    let verdict: MailVerdict;
    try {
      const answer = await mailSend(server, { to, ...testLetter(ctx.locale) }, work.mail.deadlines);
      verdict = successTold(answer, about, ctx.locale);
    } catch (error) {
      if (!(error instanceof MailFailure)) throw error;
      verdict = failureTold(error, about, ctx.locale);
    }
    report.detail({
      to,
      host: server.host,
      port: server.port,
      security: server.security,
      ok: verdict.ok,
      stage: verdict.stage,
    });
    return verdict;

    /** @throws BasaltError mailOff, invalidInput. */
    async function serverOf(given: typeof input.settings): Promise<MailAccess> {
      if (!given) {
        const stored = await mailAccess(db, seal);
        if (!stored || stored.host === '') throw new BasaltError('mailOff');
        return stored;
      }
      const wanted = { ...mailServer.parse(given), enabled: true };
      mailServerCheck(wanted, 'settings.');
      const before = storedMail(await settingGet(db, 'mail'));
      const sealed = passwordChosen(seal, before, { ...wanted, password: given.password }, 'settings.');
      return { ...wanted, password: sealed === null ? null : seal.unseal(sealed) };
    }
  });
