import { imageList } from '../../domain/lists.ts';
import type { Route } from '../route.ts';

export const imageListRoute: Route<'image', 'list'> = ({ ctx, input }) => imageList(ctx, input);
