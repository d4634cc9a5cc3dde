/**
 * The engine's configuration file. The memory cap works only from here; merge tree settings make an acknowledged insert
 * durable (file and directory are synced before the answer); thread pools and caches are cut down to a small machine.
 */
export function serverConfigXml(memoryLimitBytes: number): string {
  const cacheBytes = Math.min(256 * 1024 ** 2, Math.floor(memoryLimitBytes / 8));
  return `<clickhouse>
  <max_server_memory_usage>${Math.floor(memoryLimitBytes)}</max_server_memory_usage>
  <max_server_memory_usage_to_ram_ratio>0.9</max_server_memory_usage_to_ram_ratio>
  <mark_cache_size>${cacheBytes}</mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
  <index_mark_cache_size>${Math.floor(cacheBytes / 4)}</index_mark_cache_size>
  <mmap_cache_size>256</mmap_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_merges_mutations_concurrency_ratio>2</background_merges_mutations_concurrency_ratio>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <merge_tree>
    <fsync_after_insert>1</fsync_after_insert>
    <fsync_part_directory>1</fsync_part_directory>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>
</clickhouse>
`;
}
