/* Three functions that the managed Kafka client calls and that librdkafka has only since 2.1.0. Linked against an older librdkafka and loaded
   in its place, this library answers them ("no leader epoch known") and leaves every other symbol to librdkafka itself, which the loader finds
   among this library's dependencies. Built by build/setup where it is needed. */
#include <stdint.h>

int32_t rd_kafka_message_leader_epoch(const void *message) {
    (void)message;
    return -1;
}

int32_t rd_kafka_topic_partition_get_leader_epoch(const void *partition) {
    (void)partition;
    return -1;
}

void rd_kafka_topic_partition_set_leader_epoch(void *partition, int32_t epoch) {
    (void)partition;
    (void)epoch;
}
