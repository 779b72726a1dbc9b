// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace fakes {

// How many rounds of random input a test takes: a tenth under a sanitizer, where a round costs ten times as much.
constexpr int rounds(int count) {
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  return (count + 9) / 10;
#else
  return count;
#endif
}

}  // namespace fakes
