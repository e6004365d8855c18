import { syslogServer, type SyslogSettings } from '@basalt/contract';
import type { Executor } from '../store/database.ts';
import { logForwardOf } from '../store/log-forward-store.ts';
import { operationLogHead } from '../store/operation-log-store.ts';
import { settingGet } from '../store/setting-store.ts';

const unset = syslogServer.parse({ enabled: false, host: '', port: 6514, transport: 'tls', facility: 13, ca: '' });

/** The server as stored, or what is shown before there is one. */
export async function syslogStored(db: Executor): Promise<{ server: typeof unset; version: number }> {
  const row = await settingGet(db, 'syslog');
  return { server: row ? syslogServer.parse(row.value) : unset, version: row?.version ?? 0 };
}

/** Settings and how far forwarding has come. */
export async function syslogTold(db: Executor): Promise<SyslogSettings> {
  const { server, version } = await syslogStored(db);
  const [forward, head] = await Promise.all([logForwardOf(db, 'syslog'), operationLogHead(db)]);
  const forwarded = forward?.sequence ?? 0;
  return {
    ...server,
    version,
    forwarded,
    waiting: server.enabled ? Math.max(0, (head?.sequence ?? 0) - forwarded) : 0,
    lastError: server.enabled ? (forward?.error ?? null) : null,
  };
}
