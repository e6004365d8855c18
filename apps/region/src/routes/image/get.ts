import { imageShape } from '../../domain/image/upload.ts';
import type { Route } from '../route.ts';

export const imageGetRoute: Route<'image', 'get'> = ({ ctx, input }) => imageShape(ctx, input.id);
