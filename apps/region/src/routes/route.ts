/** One file per call; a handler calls one domain function and returns. Permissions were asked before, by the declaration. */
import type { regionProcedures } from '@basalt/contract';
import type { Handlers } from '@basalt/rpc';
import type { Context } from '../domain/context.ts';

type Tree = typeof regionProcedures;

/** The handler of `<area>.<verb>`, typed by its declaration. */
export type Route<A extends keyof Tree, V extends keyof Tree[A]> = Handlers<Tree, Context>[A][V];
