"""Architectures of transformers: text, speech, pictures and mixtures of experts, with tiny configurations."""

import torch

from . import libraries  # noqa: F401  (before transformers, which imports torchvision)
from .models import Axes, architecture

import transformers as hf  # noqa: E402

tokens = (torch.tensor([[5, 6, 7, 8, 9, 10]]),)
picture = (torch.ones(1, 3, 32, 32),)

small = dict(
    vocab_size=60,
    hidden_size=24,
    num_hidden_layers=2,
    num_attention_heads=4,
    intermediate_size=40,
    max_position_embeddings=32,
    use_cache=False,
    pad_token_id=0,
    bos_token_id=1,
    eos_token_id=2,
)
decoder = small | dict(num_key_value_heads=2, head_dim=6)

# One matrix an expert, in the order (experts, outputs, inputs) or (experts, inputs, outputs), as their forward says.
out_in, in_out = Axes((1,), (2,), (0,)), Axes((2,), (1,), (0,))
# Their routers, plain parameters too, are off.
experts = {r".*\.experts\.(gate_up_proj|down_proj)": out_in}
routers = r".*\.mlp\.(gate|router)\.weight"


@architecture("transformers")
def bert():
    return hf.BertForMaskedLM(hf.BertConfig(**small)), tokens


@architecture("transformers")
def distilbert():
    config = hf.DistilBertConfig(vocab_size=60, dim=24, n_layers=2, n_heads=4, hidden_dim=40)
    return hf.DistilBertForSequenceClassification(config), tokens


@architecture("transformers")
def roberta():
    return hf.RobertaForSequenceClassification(hf.RobertaConfig(**small)), tokens


@architecture("transformers")
def albert():
    """One layer, used twice."""
    return hf.AlbertForMaskedLM(hf.AlbertConfig(**small, embedding_size=12)), tokens


@architecture("transformers")
def electra():
    return hf.ElectraForPreTraining(hf.ElectraConfig(**small, embedding_size=12)), tokens


@architecture("transformers")
def deberta():
    config = small | dict(relative_attention=True, pos_att_type=["c2p", "p2c"], max_relative_positions=16)
    return hf.DebertaV2ForSequenceClassification(hf.DebertaV2Config(**config)), tokens


@architecture("transformers", quick=True)
def gpt2():
    config = hf.GPT2Config(
        vocab_size=60, n_positions=32, n_embd=24, n_layer=2, n_head=4, use_cache=False
    )
    return hf.GPT2LMHeadModel(config), tokens


@architecture("transformers")
def llama():
    return hf.LlamaForCausalLM(hf.LlamaConfig(**decoder)), tokens


@architecture("transformers")
def mistral():
    return hf.MistralForCausalLM(hf.MistralConfig(**decoder)), tokens


@architecture("transformers")
def qwen2():
    """Biases on queries, keys and values; the head tied to the embedding."""
    return hf.Qwen2ForCausalLM(hf.Qwen2Config(**decoder, tie_word_embeddings=True)), tokens


@architecture("transformers", matrices=experts, routers=routers)
def qwen2_moe():
    config = dict(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16, shared_expert_intermediate_size=20)
    return hf.Qwen2MoeForCausalLM(hf.Qwen2MoeConfig(**decoder, **config)), tokens


@architecture("transformers", matrices=experts, routers=routers)
def qwen3_moe():
    config = dict(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=16)
    return hf.Qwen3MoeForCausalLM(hf.Qwen3MoeConfig(**decoder, **config)), tokens


@architecture("transformers", matrices=experts, routers=routers)
def mixtral():
    return hf.MixtralForCausalLM(hf.MixtralConfig(**decoder, num_local_experts=4)), tokens


@architecture("transformers", matrices={r".*\.experts\.(gate_up_proj|down_proj)": in_out}, routers=routers)
def gpt_oss():
    """Experts stored (experts, inputs, outputs), with biases; every head has a sink."""
    config = decoder | dict(num_local_experts=4, num_experts_per_tok=2, layer_types=["full_attention"] * 2)
    return hf.GptOssForCausalLM(hf.GptOssConfig(**config)), tokens


@architecture("transformers")
def gemma():
    return hf.GemmaForCausalLM(hf.GemmaConfig(**decoder)), tokens


@architecture("transformers")
def phi():
    return hf.PhiForCausalLM(hf.PhiConfig(**small | dict(hidden_size=32))), tokens


@architecture("transformers")
def opt():
    config = hf.OPTConfig(
        vocab_size=60,
        hidden_size=24,
        num_hidden_layers=2,
        num_attention_heads=4,
        ffn_dim=40,
        max_position_embeddings=32,
        word_embed_proj_dim=12,
        use_cache=False,
        )
    return hf.OPTForCausalLM(config), tokens


@architecture("transformers")
def bloom():
    config = hf.BloomConfig(vocab_size=60, hidden_size=24, n_layer=2, n_head=4, use_cache=False)
    return hf.BloomForCausalLM(config), tokens


@architecture("transformers")
def gpt_neox():
    return hf.GPTNeoXForCausalLM(hf.GPTNeoXConfig(**small)), tokens


@architecture("transformers")
def mamba():
    config = hf.MambaConfig(
        vocab_size=60, hidden_size=24, state_size=6, num_hidden_layers=2, use_cache=False
    )
    return hf.MambaForCausalLM(config), tokens


@architecture("transformers")
def t5():
    config = hf.T5Config(
        vocab_size=60, d_model=24, d_kv=6, d_ff=40, num_layers=2, num_heads=4, use_cache=False
    )
    return hf.T5ForConditionalGeneration(config), (tokens[0], torch.ones_like(tokens[0]), tokens[0])


@architecture("transformers")
def bart():
    config = hf.BartConfig(
        vocab_size=60,
        d_model=24,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=40,
        decoder_ffn_dim=40,
        max_position_embeddings=32,
        use_cache=False,
        )
    return hf.BartForConditionalGeneration(config), (tokens[0], torch.ones_like(tokens[0]), tokens[0])


@architecture("transformers")
def whisper():
    config = hf.WhisperConfig(
        vocab_size=60,
        num_mel_bins=16,
        d_model=24,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=40,
        decoder_ffn_dim=40,
        max_source_positions=16,
        max_target_positions=16,
        use_cache=False,
            pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=1,
    )
    mask = torch.ones(1, 32, dtype=torch.long)
    return hf.WhisperForConditionalGeneration(config), (torch.ones(1, 16, 32), mask, tokens[0])


@architecture("transformers")
def wav2vec2():
    config = hf.Wav2Vec2Config(
        vocab_size=32,
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=4,
        intermediate_size=40,
        conv_dim=(16, 16),
        conv_stride=(5, 2),
        conv_kernel=(10, 3),
        num_feat_extract_layers=2,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
        )
    return hf.Wav2Vec2ForCTC(config), (torch.ones(1, 400),)


@architecture("transformers")
def clip():
    shared = dict(hidden_size=24, intermediate_size=40, num_hidden_layers=1, num_attention_heads=4)
    config = hf.CLIPConfig(
        text_config=shared | dict(vocab_size=60, max_position_embeddings=16, eos_token_id=2, bos_token_id=1),
        vision_config=shared | dict(image_size=32, patch_size=8),
        projection_dim=20,
        )
    return hf.CLIPModel(config), (tokens[0], picture[0])


@architecture("transformers")
def hf_vit():
    config = hf.ViTConfig(
        hidden_size=24,
        num_hidden_layers=1,
        num_attention_heads=4,
        intermediate_size=40,
        image_size=32,
        patch_size=8,
        )
    return hf.ViTForImageClassification(config), picture


@architecture("transformers")
def segformer():
    config = hf.SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[4, 2],
        hidden_sizes=[16, 24],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[2, 4],
        mlp_ratios=[2, 2],
        decoder_hidden_size=16,
        )
    return hf.SegformerForSemanticSegmentation(config), (torch.ones(1, 3, 64, 64),)


@architecture("transformers")
def detr():
    backbone = hf.ResNetConfig(
        embedding_size=8, hidden_sizes=[8, 12], depths=[1, 1], layer_type="basic", out_features=["stage2"]
    )
    config = hf.DetrConfig(
        use_timm_backbone=False,
        use_pretrained_backbone=False,
        backbone=None,
        backbone_config=backbone,
        d_model=24,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=4,
        decoder_attention_heads=4,
        encoder_ffn_dim=40,
        decoder_ffn_dim=40,
        num_queries=6,
        )
    return hf.DetrForObjectDetection(config), (torch.ones(1, 3, 64, 64),)
