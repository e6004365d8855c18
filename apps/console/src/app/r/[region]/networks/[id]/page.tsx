import { NetworkPage } from '@/networks/network-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <NetworkPage id={id} />;
}
