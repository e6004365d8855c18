import { AccountPage } from '@/accounts/account-page.tsx';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <AccountPage id={decodeURIComponent(id)} />;
}
