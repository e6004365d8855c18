import { MyAccountPage } from '@/my-account/my-account-page.tsx';

export default function Page() {
  return <MyAccountPage />;
}
