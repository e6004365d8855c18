import { RoleCreatePage } from '@/roles/role-page.tsx';

export default function Page() {
  return <RoleCreatePage />;
}
