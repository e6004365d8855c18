/** What domain functions work with. They know the database and a few ports; no HTTP, no tRPC, no driver. */
import type { ActorAssertion, HostId, Locale, RegionKey, TaskId, VmId } from '@basalt/contract';
import type { KeyAndCertificate, Logger, Sealer } from '@basalt/service';
import type { Database } from '../store/database.ts';
import type { TaskInputs, TaskKind } from '../store/task-inputs.ts';
import type { TaskActor } from '../store/schema/index.ts';
import type { Work } from '../store/transact.ts';
import type { VmCountCache } from '../store/vm-page.ts';

export interface TaskOrderOf<K extends TaskKind> {
  readonly kind: K;
  readonly target: { readonly kind: string; readonly id: string; readonly name: string };
  readonly input: TaskInputs[K];
  readonly actor: TaskActor;
  readonly locale: Locale;
  readonly requestId: string;
}

/** The task engine, as far as the domain asks it. */
export interface TaskPort {
  enqueue<K extends TaskKind>(work: Work, order: TaskOrderOf<K>): Promise<TaskId>;
  cancel(work: Work, id: TaskId): Promise<void>;
  retry(work: Work, id: TaskId): Promise<void>;
}

/** What is asked of a host now and not as a task. */
export interface AgentPort {
  screenshot(hostId: HostId, vmId: VmId): Promise<{ png: string | null; at: string }>;
}

export interface RegionServices {
  readonly db: Database;
  readonly log: Logger;
  readonly region: { readonly key: RegionKey; readonly name: string; readonly version: string };
  readonly tasks: TaskPort;
  readonly agents: AgentPort;
  readonly ca: KeyAndCertificate;
  readonly seal: Sealer;
  readonly stateDirectory: string;
  /** `https://address:port` where agents and gateways reach this region. */
  readonly endpoint: string;
  /** Kept back on every host for itself. */
  readonly reserve: { readonly vcpu: number; readonly memory: number };
  readonly consoleTicketSeconds: number;
  readonly vmCounts: VmCountCache;
}

/** One request: the services and who acts. The actor has been verified; permissions were asked at the door. */
export interface Context {
  readonly services: RegionServices;
  readonly actor: ActorAssertion;
  readonly locale: Locale;
  readonly requestId: string;
  /** The change sequence, where it has been read since the request came. */
  readonly sequence?: number;
}

export const taskActorOf = ({ sub, name, address }: ActorAssertion): TaskActor => ({ id: sub, name, address });
