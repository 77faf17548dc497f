import{a as m}from"./chunk-JAP4EJJU.js";import"./chunk-HVQ6CBMQ.js";import{d as o,x as e}from"./chunk-O3PCX32O.js";var r=document.getElementById("app");r&&o(e(m,{}),r);
