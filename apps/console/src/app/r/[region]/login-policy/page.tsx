import { LoginPolicyPage } from '@/login-policy/login-policy-page.tsx';

export default function Page() {
  return <LoginPolicyPage />;
}
