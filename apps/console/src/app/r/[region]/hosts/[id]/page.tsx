import { HostPage } from '@/hosts/host-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <HostPage id={id} />;
}
