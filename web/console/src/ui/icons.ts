// SPDX-License-Identifier: Apache-2.0
// Only what is named here is shipped.
export {
  Activity,
  Check,
  ChevronRight,
  CircleAlert,
  Copy,
  Hash,
  KeyRound,
  ListOrdered,
  LogOut,
  Menu,
  Monitor,
  Plug,
  ScrollText,
  Settings,
  ShieldCheck,
  Terminal,
  Users,
  X,
} from 'lucide-preact';
