// SPDX-License-Identifier: Apache-2.0
// Only what is named here is shipped.
export {
  Activity,
  Check,
  ChevronRight,
  CircleAlert,
  Copy,
  KeyRound,
  ListOrdered,
  LogOut,
  Menu,
  Monitor,
  Plug,
  ScrollText,
  Settings,
  ShieldCheck,
  Users,
  X,
} from 'lucide-preact';
