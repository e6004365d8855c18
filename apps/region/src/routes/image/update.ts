import { imageChange } from '../../domain/image/change.ts';
import type { Route } from '../route.ts';

export const imageUpdateRoute: Route<'image', 'update'> = ({ ctx, input }) => imageChange(ctx, input);
