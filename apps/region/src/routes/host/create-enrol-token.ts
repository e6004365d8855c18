import { enrolTokenCreate } from '../../domain/host/enrol.ts';
import type { Route } from '../route.ts';

export const hostCreateEnrolTokenRoute: Route<'host', 'createEnrolToken'> = ({ ctx, input }) =>
  enrolTokenCreate(ctx, input);
