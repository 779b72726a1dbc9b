// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace app {

// What the operating system tells a running process.
enum class Signal { kStop, kReload };

// Takes SIGTERM, SIGINT and SIGHUP for wait_for_signal(), and ignores SIGPIPE. Call it before any thread is started:
// threads inherit it.
void take_signals();

// Blocks until one of them arrives: SIGHUP is kReload, the others are kStop.
Signal wait_for_signal();

// Gives SIGTERM and SIGINT back to the system: a second Ctrl-C ends a process that is stopping too slowly.
void release_signals();

}  // namespace app
