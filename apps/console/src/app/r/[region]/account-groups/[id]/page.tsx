import { GroupPage } from '@/account-groups/group-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <GroupPage id={decodeURIComponent(id)} />;
}
