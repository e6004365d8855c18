import { RolesPage } from '@/roles/roles-page.tsx';

export default function Page() {
  return <RolesPage />;
}
