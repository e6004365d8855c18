import { GroupsPage } from '@/account-groups/groups-page.tsx';

export default function Page() {
  return <GroupsPage />;
}
