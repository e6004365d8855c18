import { vmConsole } from '../../domain/vm/console.ts';
import type { Route } from '../route.ts';

export const vmConsoleRoute: Route<'vm', 'console'> = ({ ctx, input }) => vmConsole(ctx, input);
