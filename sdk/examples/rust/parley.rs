// SPDX-License-Identifier: Apache-2.0
//! The part of plugin_abi.h, ext/commands.h and ext/request.h that the example needs, field by field.
//! The sizes are checked at compile time against those of the frozen ABI table.
#![allow(dead_code)]

use std::ffi::c_void;
use std::mem::size_of;

pub const ABI_MAJOR: u32 = 1;
pub const ABI_MINOR: u32 = 0;
pub const OK: i32 = 0;
pub const INVALID: i32 = 1;
pub const DENIED: i32 = 3;
pub const INTERNAL: i32 = 11;
pub const TYPE_STRING: u32 = 1;
pub const ARGUMENT_REQUIRED: u32 = 1 << 0;
pub const ARGUMENT_REST: u32 = 1 << 2;

/// UTF-8, not terminated, borrowed until the call returns.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    pub data: *const u8,
    pub size: u64,
}
pub const EMPTY: Text = Text { data: std::ptr::null(), size: 0 };

impl Text {
    pub const fn of(words: &'static str) -> Text {
        Text { data: words.as_ptr(), size: words.len() as u64 }
    }
    /// Not longer than the words live.
    pub fn borrow(words: &str) -> Text {
        Text { data: words.as_ptr(), size: words.len() as u64 }
    }
    /// # Safety
    /// The other side keeps its promise: `data` is readable for `size` bytes until the call returns.
    pub unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.data.is_null() {
            return &[];
        }
        std::slice::from_raw_parts(self.data, self.size as usize)
    }
}

#[repr(C)]
pub struct Translated {
    pub locale: Text,
    pub text: Text,
}

#[repr(C)]
pub struct Sink {
    pub context: *mut c_void,
    pub write: extern "C" fn(*mut c_void, Text),
}

#[repr(C)]
pub union Payload {
    pub integer: i64,
    pub number: f64,
    pub boolean: u64,
    pub string: Text,
}
#[repr(C)]
pub struct Value {
    pub kind: u32,
    pub reserved: u32,
    pub payload: Payload,
}

#[repr(C)]
pub struct Host {
    pub size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub reserved: u32,
    pub host_data: *mut c_void,
    pub server_version: Text,
    pub get_extension: extern "C" fn(*const Host, Text) -> *const c_void,
    pub log: extern "C" fn(*const Host, u32, Text),
    pub now: extern "C" fn(*const Host) -> i64,
}

#[repr(C)]
pub struct Request {
    pub size: u32,
    pub flags: u32,
    pub id: u64,
    pub arguments: *const Value,
    pub argument_count: u64,
    pub raw: Text,
    pub user: *const c_void,
    pub session: Text,
    pub channel: Text,
    pub locale: Text,
    pub peer: Text,
    pub origin: Text,
    pub action: Text,
    pub deadline: i64,
}

#[repr(C)]
pub struct Plugin {
    pub size: u32,
    pub reserved: u32,
    pub plugin_data: *mut c_void,
    pub start: extern "C" fn(*mut c_void, *const Sink) -> i32,
    pub stop: extern "C" fn(*mut c_void),
    pub destroy: extern "C" fn(*mut c_void),
    pub call: extern "C" fn(*mut c_void, u64, *const Request) -> i32,
    pub get_extension: extern "C" fn(*mut c_void, Text) -> *const c_void,
}

#[repr(C)]
pub struct Entry {
    pub size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub flags: u32,
    pub id: Text,
    pub version: Text,
    pub description: Text,
    pub config_schema: Text,
    pub permissions: *const Text,
    pub permission_count: u64,
    pub create: extern "C" fn(*const Host, *const Sink) -> *const Plugin,
}
// Constant data that nobody writes: other threads may read it.
unsafe impl Sync for Entry {}
unsafe impl Sync for Text {}

#[repr(C)]
pub struct Argument {
    pub size: u32,
    pub kind: u32,
    pub flags: u32,
    pub reserved: u32,
    pub name: Text,
    pub help: *const Translated,
    pub help_count: u64,
    pub choices: *const Text,
    pub choice_count: u64,
    pub minimum: f64,
    pub maximum: f64,
    pub fallback: Value,
}

#[repr(C)]
pub struct Command {
    pub size: u32,
    pub flags: u32,
    pub handler: u64,
    pub name: Text,
    pub aliases: *const Text,
    pub alias_count: u64,
    pub help: *const Translated,
    pub help_count: u64,
    pub arguments: *const *const Argument,
    pub argument_count: u64,
    pub roles: *const Text,
    pub role_count: u64,
    pub cooldown: i64,
}

#[repr(C)]
pub struct Reply {
    pub size: u32,
    pub reserved: u32,
    pub request: u64,
    pub kind: Text,
    pub data: Text,
    pub fields: Text,
}

/// As far as it is used: the host's tables only grow at the end.
#[repr(C)]
pub struct HostCommands {
    pub size: u32,
    pub reserved: u32,
    pub add: extern "C" fn(*const Host, *const Command) -> i32,
}
#[repr(C)]
pub struct HostRequest {
    pub size: u32,
    pub reserved: u32,
    pub reply: extern "C" fn(*const Host, *const Reply) -> i32,
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<Entry>() == 104);
    assert!(size_of::<Plugin>() == 56);
    assert!(size_of::<Request>() == 160);
    assert!(size_of::<Argument>() == 104);
    assert!(size_of::<Command>() == 104);
    assert!(size_of::<Reply>() == 64);
    assert!(size_of::<Value>() == 24);
};
