import { imageCancel } from '../../domain/image/change.ts';
import type { Route } from '../route.ts';

export const imageCancelUploadRoute: Route<'image', 'cancelUpload'> = ({ ctx, input }) => imageCancel(ctx, input);
