import { vmScreenshot } from '../../domain/vm/console.ts';
import type { Route } from '../route.ts';

export const vmScreenshotRoute: Route<'vm', 'screenshot'> = ({ ctx, input }) => vmScreenshot(ctx, input.id);
