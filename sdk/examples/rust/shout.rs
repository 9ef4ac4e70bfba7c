// SPDX-License-Identifier: Apache-2.0
//! A whole plugin in Rust: `/shout hello` answers "HELLO" and how often there was shouting.
//!
//!   rustc --edition 2021 --crate-type cdylib -C opt-level=2 shout.rs -o shout.so
//!
//! No crate is needed. Panics end at `guarded`: nothing may unwind across the ABI.
mod parley;

use parley::*;
use std::ffi::c_void;
use std::mem::size_of;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::null;

const SHOUT: u64 = 1;

struct Shout {
    plugin: Plugin,
    host: *const Host,
    commands: *const HostCommands,
    requests: *const HostRequest,
    shouted: u64,
}

fn size<T>() -> u32 {
    size_of::<T>() as u32
}

/// What the host calls runs in here; a panic becomes a status, and the host says so to the user.
fn guarded(work: impl FnOnce() -> i32) -> i32 {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(INTERNAL)
}

fn refuse(why: &Sink, sentence: &str) -> i32 {
    (why.write)(why.context, Text::borrow(sentence));
    DENIED
}

/// A JSON string, quotes included.
fn json_string(words: &str) -> String {
    let mut out = String::from("\"");
    for c in words.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if (c as u32) < 0x20 => out += &format!("\\u{:04x}", c as u32),
            c => out.push(c),
        }
    }
    out + "\""
}

impl Shout {
    fn declare(&self, commands: &HostCommands) -> i32 {
        let help = [
            Translated { locale: Text::of("en"), text: Text::of("Say it loudly") },
            Translated { locale: Text::of("ru"), text: Text::of("Сказать громко") },
        ];
        let text_help = [
            Translated { locale: Text::of("en"), text: Text::of("What to say") },
            Translated { locale: Text::of("ru"), text: Text::of("Что сказать") },
        ];
        let text = Argument {
            size: size::<Argument>(),
            kind: TYPE_STRING,
            flags: ARGUMENT_REQUIRED | ARGUMENT_REST,
            reserved: 0,
            name: Text::of("text"),
            help: text_help.as_ptr(),
            help_count: text_help.len() as u64,
            choices: null(),
            choice_count: 0,
            minimum: 0.0,
            maximum: 0.0,
            fallback: Value { kind: 0, reserved: 0, payload: Payload { integer: 0 } },
        };
        let arguments = [&text as *const Argument];
        let command = Command {
            size: size::<Command>(),
            flags: 0,
            handler: SHOUT,
            name: Text::of("shout"),
            aliases: null(),
            alias_count: 0,
            help: help.as_ptr(),
            help_count: help.len() as u64,
            arguments: arguments.as_ptr(),
            argument_count: 1,
            roles: null(),
            role_count: 0,
            cooldown: 0,
        };
        (commands.add)(self.host, &command)
    }

    fn start(&self, why: &Sink) -> i32 {
        match unsafe { (self.commands.as_ref(), self.requests.as_ref()) } {
            (Some(commands), Some(_)) => self.declare(commands),
            _ => refuse(why, "shout needs the permission `commands`"),
        }
    }

    fn call(&mut self, handler: u64, request: &Request) -> i32 {
        let requests = match unsafe { self.requests.as_ref() } {
            Some(requests) if handler == SHOUT && request.argument_count == 1 => requests,
            _ => return INVALID,
        };
        let given = unsafe { (*request.arguments).payload.string.bytes() };
        let loud = String::from_utf8_lossy(given).to_uppercase();
        self.shouted += 1;
        let data = format!("{{\"text\":{},\"shouted\":{}}}", json_string(&loud), self.shouted);
        let reply = Reply {
            size: size::<Reply>(),
            reserved: 0,
            request: request.id,
            kind: Text::of("shouted"),
            data: Text::borrow(&data),
            fields: EMPTY,
        };
        (requests.reply)(self.host, &reply)
    }
}

extern "C" fn start(data: *mut c_void, why: *const Sink) -> i32 {
    guarded(|| unsafe { (*(data as *const Shout)).start(&*why) })
}
extern "C" fn call(data: *mut c_void, handler: u64, request: *const Request) -> i32 {
    guarded(|| unsafe { (*(data as *mut Shout)).call(handler, &*request) })
}
extern "C" fn stop(_: *mut c_void) {}
extern "C" fn destroy(data: *mut c_void) {
    drop(unsafe { Box::from_raw(data as *mut Shout) });
}
extern "C" fn get_extension(_: *mut c_void, _: Text) -> *const c_void {
    null()
}

extern "C" fn create(host: *const Host, _why: *const Sink) -> *const Plugin {
    let ask = |id: &'static str| unsafe { ((*host).get_extension)(host, Text::of(id)) };
    let shout = Box::into_raw(Box::new(Shout {
        plugin: Plugin {
            size: size::<Plugin>(),
            reserved: 0,
            plugin_data: std::ptr::null_mut(),
            start,
            stop,
            destroy,
            call,
            get_extension,
        },
        host,
        commands: ask("parley.commands/1") as *const HostCommands,
        requests: ask("parley.request/1") as *const HostRequest,
        shouted: 0,
    }));
    unsafe {
        (*shout).plugin.plugin_data = shout as *mut c_void;
        &(*shout).plugin
    }
}

static PERMISSIONS: [Text; 1] = [Text::of("commands")];

#[no_mangle]
pub static parley_plugin_entry_v1: Entry = Entry {
    size: size_of::<Entry>() as u32,
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    flags: 0,
    id: Text::of("shout"),
    version: Text::of("1.0.0"),
    description: Text::of("Shouts, in Rust"),
    config_schema: EMPTY,
    permissions: PERMISSIONS.as_ptr(),
    permission_count: 1,
    create,
};
