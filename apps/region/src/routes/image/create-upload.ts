import { imageAnnounce } from '../../domain/image/upload.ts';
import type { Route } from '../route.ts';

export const imageCreateUploadRoute: Route<'image', 'createUpload'> = ({ ctx, input }) => imageAnnounce(ctx, input);
