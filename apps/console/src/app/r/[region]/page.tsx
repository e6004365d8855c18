import { redirect } from 'next/navigation';
import { paths } from '@/paths.ts';

/** The region itself leads to its overview. */
export default async function Page({ params }: { params: Promise<{ region: string }> }) {
  const { region } = await params;
  redirect(paths.overview(decodeURIComponent(region)));
}
