import { imageDelete } from '../../domain/image/change.ts';
import type { Route } from '../route.ts';

export const imageDeleteRoute: Route<'image', 'delete'> = ({ ctx, input }) => imageDelete(ctx, input);
