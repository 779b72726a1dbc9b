// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"

namespace bus::kafka {

// What an error code of librdkafka (rd_kafka_resp_err_t) means for us: kTooLarge, kBadRequest and kAuth of a topic are
// never worth a retry, the rest is. `what` says what was tried, `detail` what the client adds to the code's own text.
base::Error error_of(int code, std::string_view what, std::string_view detail = {});

}  // namespace bus::kafka
