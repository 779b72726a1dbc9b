// SPDX-License-Identifier: Apache-2.0
#pragma once

// Of OpenSSL.
struct bio_st;

namespace net::http {

// OpenSSL's way to a non-blocking socket that stays the caller's. Unlike OpenSSL's own it never raises SIGPIPE: what is
// sent to somebody who is gone is an error like any other.
bio_st* make_socket_bio(int descriptor);

}  // namespace net::http
