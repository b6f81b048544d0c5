"""The process and its history: reading, checking, drawing and writing BPMN 2.0 files."""
