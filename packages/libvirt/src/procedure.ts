/** What the generated tables say about one procedure of one RPC program. */
import { type Codec, nothing } from './xdr-codecs.ts';

export type StreamDirection = 'none' | 'read' | 'write';

export interface Procedure<A, R> {
  readonly name: string;
  readonly program: number;
  readonly version: number;
  readonly number: number;
  readonly args: Codec<A>;
  readonly ret: Codec<R>;
  readonly stream: StreamDirection;
}

/** A message the server sends on its own account. */
export interface EventMessage<M> {
  readonly name: string;
  readonly program: number;
  readonly version: number;
  readonly number: number;
  readonly msg: Codec<M>;
}

/** Table helpers for one program, used by the generated files. */
export const program = (id: number, version: number) => ({
  call: <A = void, R = void>(
    name: string,
    number: number,
    args: Codec<A> | null,
    ret: Codec<R> | null,
    stream: StreamDirection = 'none',
  ): Procedure<A, R> => ({
    name,
    program: id,
    version,
    number,
    args: args ?? (nothing as Codec<never>),
    ret: ret ?? (nothing as Codec<never>),
    stream,
  }),
  event: <M>(name: string, number: number, msg: Codec<M>): EventMessage<M> => ({
    name,
    program: id,
    version,
    number,
    msg,
  }),
});
