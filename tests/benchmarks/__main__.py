"""`python -m tests.benchmarks`: measurements that need nothing from elsewhere, one after the other.

They inform and do not gate. tests.benchmarks.leet, which compares with W&B's LEET, is run by itself.
"""

from tests.benchmarks import attach, data_scale, demo_controls, review, runs, whatif, whatif_keys

runs.main()
data_scale.main([10_000, 100_000])
review.main()
attach.main()
demo_controls.main()
whatif.main()
whatif_keys.main()
