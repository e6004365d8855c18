import { NotFoundMessage } from '@/shell/page-message.tsx';

export default function NotFound() {
  return <NotFoundMessage />;
}
