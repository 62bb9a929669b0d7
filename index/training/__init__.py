"""Everything that needs torch: embedding passages at build, export to ONNX, and fine-tuning.

The one home of torch and sentence-transformers. Nothing that serves imports it.
"""
