// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace base {

// The identity derived from some parts: 32 lower-case hex digits, the first half of SHA-256 over the parts, each
// preceded by its length so that ("ab","c") and ("a","bc") differ. Stable over releases: records keep it.
std::string derive_id(std::initializer_list<std::string_view> parts);

// A digest of content: all 64 lower-case hex digits of SHA-256.
std::string sha256_hex(std::string_view bytes);

// HMAC-SHA256 (RFC 2104): 32 bytes, or all 64 lower-case hex digits of them.
std::string hmac_sha256(std::string_view key, std::string_view text);
std::string hmac_sha256_hex(std::string_view key, std::string_view text);

// Two lower-case digits a byte.
std::string to_hex(std::string_view bytes);

// Whether two texts are equal, in a time that says nothing about where they differ.
bool is_same_secret(std::string_view given, std::string_view expected);

}  // namespace base
