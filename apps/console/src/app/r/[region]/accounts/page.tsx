import { AccountsPage } from '@/accounts/accounts-page.tsx';

export default function Page() {
  return <AccountsPage />;
}
