import { EventsPage } from '@/events/events-page.tsx';

export default function Page() {
  return <EventsPage />;
}
