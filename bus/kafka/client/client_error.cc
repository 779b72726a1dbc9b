// SPDX-License-Identifier: Apache-2.0
#include "bus/kafka/client/client_error.h"

#include <librdkafka/rdkafka.h>

#include <algorithm>

namespace bus::kafka {
namespace {

using base::Reason;
using base::Retry;

// A class of error codes.
struct Class {
  Reason reason;
  Retry retry;
  std::initializer_list<int> codes;
};

// https://kafka.apache.org/protocol#protocol_error_codes; negative ones are librdkafka's own. Authorization is worth
// another try: administrators grant it while we run.
const Class kClasses[] = {
    {Reason::kTooLarge,
     Retry::never(),
     {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE,
      RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE}},
    {Reason::kBadRequest,
     Retry::never(),
     {RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION, RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS, RD_KAFKA_RESP_ERR_INVALID_MSG,
      RD_KAFKA_RESP_ERR_INVALID_RECORD, RD_KAFKA_RESP_ERR_INVALID_CONFIG, RD_KAFKA_RESP_ERR_INVALID_PARTITIONS,
      RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, RD_KAFKA_RESP_ERR_POLICY_VIOLATION,
      RD_KAFKA_RESP_ERR_INVALID_REQUEST, RD_KAFKA_RESP_ERR_INVALID_GROUP_ID, RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT,
      RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL, RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE,
      RD_KAFKA_RESP_ERR__INVALID_ARG, RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION}},
    {Reason::kAuth,
     Retry::later(),
     {RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
      RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM,
      RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE}},
    {Reason::kNotFound,
     Retry::later(),
     {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
      RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND}},
    {Reason::kTimeout,
     Retry::later(),
     {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE,
      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT}},
    {Reason::kUnreachable,
     Retry::later(),
     {RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__RESOLVE, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
      RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION}},
    {Reason::kRateLimited, Retry::later(), {RD_KAFKA_RESP_ERR_THROTTLING_QUOTA_EXCEEDED}},
    {Reason::kFull, Retry::later(), {RD_KAFKA_RESP_ERR__QUEUE_FULL}},
    {Reason::kBadAnswer, Retry::later(), {RD_KAFKA_RESP_ERR__BAD_MSG, RD_KAFKA_RESP_ERR__BAD_COMPRESSION}},
    {Reason::kCancelled,
     Retry::later(),
     {RD_KAFKA_RESP_ERR__PURGE_QUEUE, RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, RD_KAFKA_RESP_ERR__DESTROY}},
};

}  // namespace

base::Error error_of(int code, std::string_view what, std::string_view detail) {
  base::Error error{Reason::kUnavailable, Retry::later(), {}};
  for (const Class& known : kClasses) {
    if (std::ranges::find(known.codes, code) != known.codes.end()) {
      error.reason = known.reason;
      error.retry = known.retry;
    }
  }
  std::string_view text = rd_kafka_err2str(static_cast<rd_kafka_resp_err_t>(code));
  error.message = std::string(what) + ": " + std::string(detail.empty() ? text : detail);
  if (error.reason == Reason::kUnavailable) {
    error.message += std::string(" (") + rd_kafka_err2name(static_cast<rd_kafka_resp_err_t>(code)) + ")";
  }
  return error;
}

}  // namespace bus::kafka
