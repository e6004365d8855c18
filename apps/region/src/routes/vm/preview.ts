import { vmPreview } from '../../domain/vm/preview.ts';
import type { Route } from '../route.ts';

export const vmPreviewRoute: Route<'vm', 'preview'> = ({ ctx, input }) => vmPreview(ctx, input);
